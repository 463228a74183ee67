/** What would be lost when somebody leaves, and the question before that. */

interface Unsaved {
  /** Of the form. */
  place: Element;
  /** Asks, and leaves when that is wanted all the same. */
  ask: (leave: () => void) => void;
}

const unsaved = new Set<Unsaved>();

/** Has a form with changes that are not saved be asked about. @returns what ends that. */
export function askBefore(form: Unsaved): () => void {
  unsaved.add(form);
  return () => unsaved.delete(form);
}

/**
 * Leaves by something that is no link: after a question where that would lose what was typed.
 * @param within What goes away; all of the page where left out.
 */
export function leaveBy(leave: () => void, within: Element = document.body): void {
  const [form] = [...unsaved].filter(({ place }) => within.contains(place));
  if (form === undefined) leave();
  else form.ask(leave);
}
