"""Refusals of attachments: each says what to do instead."""

from kit.errors import Conflict, Invalid


class FileTooLarge(Invalid):
    code = "file_too_large"
    status = 413
    zh = "文件太大，最多 {limit} MB。照片请调低像素重拍，扫描件请用较低的分辨率（200 dpi）。"
    en = "The file is too large: {limit} MB at most. Take the photo smaller, or scan at 200 dpi."


class FileEmpty(Invalid):
    code = "file_empty"
    zh = "文件是空的，请重新选择。"
    en = "The file is empty. Choose another."


class UploadBroken(Invalid):
    """Fewer bytes came than were announced."""

    code = "upload_broken"
    zh = "文件没有传完，请重试。"
    en = "The file did not arrive whole. Try again."


class FileKindRefused(Invalid):
    """The content is of no kind that is taken, whatever the file's name says."""

    code = "file_kind"
    zh = "不支持这种文件。请用照片（jpg、png、webp）、PDF、Word、Excel、PPT 或 txt。"
    en = "This kind of file isn't taken. Use a photo (jpg, png, webp), PDF, Word, Excel, PowerPoint or txt."


class HeicRefused(FileKindRefused):
    zh = "这是苹果手机的 HEIC 照片，多数电脑打不开。请在“设置→相机→格式”里选“兼容性最佳”再拍，或截屏后上传。"
    en = 'This is an iPhone HEIC photo, which most PCs cannot open. Choose Settings, Camera, Formats, "Most Compatible", or upload a screenshot of it.'  # noqa: E501


class ArchiveRefused(FileKindRefused):
    zh = "压缩包请先解压，把里面的文件逐个上传。"
    en = "Unpack the archive first and upload the files in it one by one."


class MacrosRefused(FileKindRefused):
    zh = "文件里有宏，不能上传。请另存为不带宏的 docx、xlsx 或 pptx。"
    en = "The file contains macros. Save it as a docx, xlsx or pptx without them."


class TooManyFiles(Conflict):
    code = "too_many_files"
    zh = "已有 {count} 个文件，不能再加。可先撤下不要的，或合成一个 PDF。"
    en = "There are {count} files already. Withdraw one, or join them into one PDF."
