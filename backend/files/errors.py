"""Why a file is not taken, in words for the person who sent it: Chinese, then English."""

from ..errors import Invalid, NotFound, Unavailable


class FileRefused(Invalid):
    """The file cannot be taken as it is. The subclasses say why; `code` is stable."""

    code = "files.refused"
    says = "这个文件不能使用，请换一个再传。 This file cannot be used; please send another one."


class EmptyFile(FileRefused):
    code = "files.empty"
    says = "文件是空的，请重新选择。 The file is empty; please choose it again."


class TooLarge(FileRefused):
    code = "files.too_large"
    says = "文件太大，请压缩后再传。 The file is too large; please send a smaller one."

    def __init__(self, limit_bytes: int | None = None):
        megabytes = (limit_bytes or 0) / (1024 * 1024)
        super().__init__(
            f"文件不能超过 {megabytes:.3g} MB，请压缩后再传。"
            f" Files may have up to {megabytes:.3g} MB; please send a smaller one."
            if limit_bytes
            else None
        )


class NotPictureOrPdf(FileRefused):
    code = "files.not_picture_or_pdf"
    says = (
        "只能上传照片（JPEG、PNG、WebP、HEIC）或 PDF。"
        " Please send a photo (JPEG, PNG, WebP, HEIC) or a PDF; this file is something else."
    )


class BrokenFile(FileRefused):
    code = "files.broken"
    says = (
        "文件已损坏或没有传完，请重新拍摄或导出后再传。"
        " The file is damaged or incomplete; please take or export it again."
    )


class TooManyPixels(FileRefused):
    code = "files.too_many_pixels"
    says = "照片的像素太多，请缩小后再传。 The picture has too many pixels; please send a smaller one."


class TooComplex(FileRefused):
    """Opening it takes more memory or time than a file may take."""

    code = "files.too_complex"
    says = (
        "这个文件太复杂，打不开。请拍成照片再传。"
        " The file is too complex to be opened; please send photos of it instead."
    )


class PdfWithScripts(FileRefused):
    code = "files.pdf_scripts"
    says = (
        "PDF 里含有脚本、表单程序或自动动作，不能使用。请“打印为 PDF”或拍照后再传。"
        " The PDF contains scripts or automatic actions; please print it to a new PDF or send photos."
    )


class PdfWithAttachments(FileRefused):
    code = "files.pdf_attachments"
    says = (
        "PDF 里夹带了其他文件，不能使用。请“打印为 PDF”或拍照后再传。"
        " The PDF carries other files inside; please print it to a new PDF or send photos."
    )


class PdfWithPassword(FileRefused):
    code = "files.pdf_password"
    says = "PDF 设有密码，请去掉密码后再传。 The PDF is protected by a password; please remove it and send it again."


class TooManyPages(FileRefused):
    code = "files.too_many_pages"
    says = "PDF 页数太多，请只传需要的页。 The PDF has too many pages; please send only those that are needed."


class NoSuchFile(NotFound):
    code = "files.not_found"
    says = "没有找到这个文件，可能已经删除。 This file does not exist or has been deleted."


class NoSuchPage(NotFound):
    code = "files.no_such_page"
    says = "文件没有这一页。 The file has no such page."


class StoreDown(Unavailable):
    """The folder or bucket cannot be reached or is full; trying again later may help."""

    code = "files.store_down"
    says = "文件暂时存取不了，请稍后再试。 Files cannot be stored or read right now; please try again later."


class ContentLost(Unavailable):
    """The store has no such content, or it was changed, or its master key is not configured."""

    code = "files.content_lost"
    says = (
        "这个文件的内容已无法读取，请联系工作人员。 The content of this file cannot be read; please contact the staff."
    )

    def __init__(self, says: str | None = None):
        super().__init__(says, permanent=True)


class FontMissing(Unavailable):
    code = "files.font_missing"
    says = "服务器缺少水印字体，请联系管理员运行 make setup。 The font of the watermark is missing on the server."

    def __init__(self, says: str | None = None):
        super().__init__(says, permanent=True)


class WorkshopBusy(Unavailable):
    """All child processes are at work and stay so."""

    code = "files.busy"
    says = "正在处理的照片太多，请稍后再试。 Too many pictures are being processed; please try again in a moment."


REASONS: dict[str, type[FileRefused]] = {
    refusal.code: refusal
    for refusal in (
        EmptyFile,
        NotPictureOrPdf,
        BrokenFile,
        TooManyPixels,
        TooComplex,
        PdfWithScripts,
        PdfWithAttachments,
        PdfWithPassword,
        TooManyPages,
    )
}
