/** Whether texts have all the words that are sought, in any order, whatever their case and accents: `sohne` finds `Söhne`. */
export function isFound(sought: string, texts: readonly string[]): boolean {
  const all = plain(texts.join(' '));
  return plain(sought)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** Of a keyboard that has no other: letters without marks, straight apostrophes, digits and letters of one width. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[‘’ʼ]/g, "'").toLowerCase().trim();
}
