"""Stores files one after the other until it is killed: `python -m tests.files.storing_forever FOLDER MASTER_KEY`."""

import sys
from pathlib import Path

from backend.clock import utc_now
from backend.config import Settings
from backend.db import db
from backend.files.models import StoredFile
from backend.files.service import Files
from backend.files.stores import LocalStore
from backend.files.workshop import Workshop

from .room import make_app
from .samples import picture


def main() -> None:
    folder = Path(sys.argv[1])
    settings = Settings(_env_file=None, files_dir=folder / "uploads", files_master_key=sys.argv[2])
    files = Files(settings, LocalStore(settings.files_dir), Workshop())
    data = picture("JPEG", (64, 64))
    with make_app(folder).app_context():
        while True:
            file = files.store(data, owner="citizen:1", purpose="passport")
            files.keep(file)
            db.session.commit()
            print(file.id, flush=True)
            kept = db.session.query(StoredFile).order_by(StoredFile.created_at).all()
            if len(kept) > 5:
                files.drop(kept[0])
                db.session.commit()
                files.sweep(utc_now())


if __name__ == "__main__":
    main()
