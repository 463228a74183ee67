type FieldValue = string | number | null;

/** Values of snapshot fields that tests ordered in place of the market's, by contract; null leaves a field out. */
export class QuoteOverrides {
  readonly #fields = new Map<string, Readonly<Record<string, FieldValue>>>();

  /** @param owner The session that alone sees them; undefined for all. An empty record ends them. */
  set(conid: number, owner: string | undefined, fields: Readonly<Record<string, FieldValue>>): void {
    if (Object.keys(fields).length === 0) this.#fields.delete(keyOf(conid, owner));
    else this.#fields.set(keyOf(conid, owner), fields);
  }

  clear(): void {
    this.#fields.clear();
  }

  /** The row as that session sees it. */
  apply(conid: number, owner: string, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const forced = this.#fields.get(keyOf(conid, owner)) ?? this.#fields.get(keyOf(conid, undefined)) ?? {};
    return Object.fromEntries(Object.entries({ ...row, ...forced }).filter(([, value]) => value !== null));
  }
}

function keyOf(conid: number, owner: string | undefined): string {
  return `${conid}/${owner ?? ''}`;
}
