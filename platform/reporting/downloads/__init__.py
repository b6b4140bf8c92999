"""下载记录: the files that somebody had made, for as long as they are kept."""
