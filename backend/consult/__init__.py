"""Consultation (咨询答复): understand a question, find matter and aspect, word the answer.

Knows the catalogue and the knowledge of conversation. Leaves to others how a message
came (wechat, portal) and what is applied for (cases).
"""
