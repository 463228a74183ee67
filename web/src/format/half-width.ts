/** What keyboards for Chinese and Japanese write as wide as a character of these (`５，０００`, `ＫＯ`), as it is meant. */
export function halfWidth(text: string): string {
  return text
    .replaceAll(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}
