"""The account alone, for a real server with several processes: `granian … tests.wechat.served:app`.

Every computation is noted as a line in the file `asked` of the folder SERVED_IN. The first
process that is asked HANG never answers.
"""

import os
import time
from pathlib import Path

from tests.wechat.tencent import StandInConsultant, build_app, some_settings

FOLDER = Path(os.environ["SERVED_IN"])
HANG = "一直算"


def answer(question: str) -> str:
    with (FOLDER / "asked").open("a", encoding="utf-8") as asked:
        asked.write(f"{question}\t{os.getpid()}\n")
    noted = (FOLDER / "asked").read_text(encoding="utf-8").count(question)
    time.sleep(3600 if question == HANG and noted == 1 else 0.2)
    return f"答：{question}"


consultant = StandInConsultant()
consultant.answers = answer
app = build_app(some_settings(FOLDER), consultant)
