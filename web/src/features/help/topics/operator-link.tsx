/** To what an operator has set: an address for mail, or of a page. */
export function OperatorLink({ to }: { to: string }) {
  const isMail = !to.startsWith('https://');
  return (
    <a href={isMail ? `mailto:${to}` : to} rel="noreferrer">
      {to}
    </a>
  );
}
