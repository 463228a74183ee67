import { Stack, Title } from '@mantine/core';
import classes from './permissions.module.css';

type Answer = 'Yes' | 'No' | 'Within your limits';

const ROWS: readonly [what: string, read: Answer, write: Answer][] = [
  ['See balances, positions and profit', 'Yes', 'Yes'],
  ['Quotes, price history, option chains', 'Yes', 'Yes'],
  ['See orders and trades', 'Yes', 'Yes'],
  ['Estimate what an order would cost', 'Yes', 'Yes'],
  ['Place, change and cancel orders', 'No', 'Within your limits'],
  ['Approve an order that waits for you', 'No', 'No'],
  ['Change your limits or its own access', 'No', 'No'],
  ['Withdraw or transfer money', 'No', 'No'],
  ['See your IBKR credentials', 'No', 'No'],
];

/** What a host may and may not do. A plain table: Mantine's is larger than the rest of the page. */
export function Permissions() {
  return (
    <Stack component="section" gap="md" aria-labelledby="permissions">
      <Title order={2} id="permissions">
        What a host may and may not do
      </Title>
      <table className={classes.table} aria-labelledby="permissions">
        <thead>
          <tr>
            <th scope="col">A host can</th>
            <th scope="col">Read-only</th>
            <th scope="col">Read & write</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([what, read, write]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td data-answer={read}>{read}</td>
              <td data-answer={write}>{write}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  );
}
