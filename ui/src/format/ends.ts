// The ends of lines: an editor of the page knows `\n` alone, and a file of Windows is to keep its own.

/** A file's text as an editor has it. */
export function shown(file: string): string {
  return file.replaceAll('\r\n', '\n');
}

/** What an editor has, with the ends of lines that the file has: those of Windows when all are. */
export function written(text: string, file: string): string {
  const windows = file.includes('\r\n') && !/(^|[^\r])\n/.test(file);
  return windows ? text.replaceAll('\n', '\r\n') : text;
}
