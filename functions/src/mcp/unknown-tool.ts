import { seenText } from '../text/outside-text.ts';
import type { Tool } from '../tools/tool.ts';

/** Of a name that somebody else chose. */
const MOST_CHARACTERS = 64;

/** What a caller is told who asks for a tool that it has not: which one it may have meant. */
export function unknownToolWords(name: string, tools: readonly Tool[]): string {
  const shown = seenText(name.slice(0, MOST_CHARACTERS));
  const meant = tools.find((tool) => isSpelling(name, tool.name));
  const next = meant === undefined ? 'tools/list has those that there are.' : `It may be ${meant.name}.`;
  return `Unknown tool: ${shown}. ${next}`;
}

/** As hosts and models write it: in another case, with other marks between, or with the server's name before it. */
function isSpelling(name: string, known: string): boolean {
  return `_${words(name.slice(-MOST_CHARACTERS))}`.endsWith(`_${words(known)}`);
}

function words(name: string): string {
  const apart = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  return (apart.match(/[a-z]+/g) ?? []).join('_');
}
