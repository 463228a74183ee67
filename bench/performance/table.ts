type Rows = readonly Readonly<Record<string, string | number>>[];

/** Rows as a table of text, numbers to the right. */
export function table(rows: Rows): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const isNumber = names.map((name) => typeof rows[0]?.[name] === 'number');
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/**
 * Puts the table of a part into a document, between `<!-- PART -->` and `<!-- /PART -->`.
 * @throws {Error} when the document has no place for it.
 */
export function withTable(document: string, part: string, rows: Rows): string {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no place for ${part}: ${begin} and ${end}.`);
  const before = document.slice(0, from + begin.length);
  return `${before}\n\n\`\`\`\n${table(rows)}\n\`\`\`\n\n${document.slice(to)}`;
}
