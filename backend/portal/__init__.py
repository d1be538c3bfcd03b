"""The citizens' pages for WeChat's browser: the guide, registering a stay, one's own cases, checking a form.

A thin face: it reads the catalogue, asks the consultant to search, and hands what people type to
`accommodation` and `cases`; it holds no rule of the bureau. Pages work without JavaScript, in
Chinese and in English. `citizen` knows who is at work; `stay_room` and the modules beside it are
one page: `stay_posts` takes in, `stay_page` and `moments` say what is shown, `stay_words` names it.
"""
