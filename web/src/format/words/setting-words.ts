/** What differs in one setting, for a list of changes: `Name: “Home” instead of “Paper”`. */
export function settingChange(name: string, before: string, after: string): string[] {
  return before === after ? [] : [`${name}: ${after} instead of ${before}`];
}

export const quoted = (text: string) => `“${text}”`;
export const onOrOff = (isOn: boolean) => (isOn ? 'on' : 'off');
