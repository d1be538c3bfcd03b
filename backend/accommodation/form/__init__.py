"""The issued form 境外人员住宿登记表: values in, bytes out.

Sets the form as a bilingual PDF, signs it, draws it as a picture and checks a signature. It knows no
database and no request: who may issue a form, its number and its state are the room's around it.
"""
