import { Stack, Table, Title } from '@mantine/core';

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

/** What a host may and may not do. */
export function Permissions() {
  return (
    <Stack component="section" gap="md" aria-labelledby="permissions">
      <Title order={2} id="permissions">
        What a host may and may not do
      </Title>
      <Table aria-labelledby="permissions" verticalSpacing="sm" fz={{ base: 'sm', xs: 'md' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">A host can</Table.Th>
            <Table.Th scope="col" w="22%">
              Read-only
            </Table.Th>
            <Table.Th scope="col" w="24%">
              Read & write
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ROWS.map(([what, read, write]) => (
            <Table.Tr key={what}>
              <Table.Th scope="row" fw={400}>
                {what}
              </Table.Th>
              <AnswerCell answer={read} />
              <AnswerCell answer={write} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function AnswerCell({ answer }: { answer: Answer }) {
  return (
    <Table.Td fw={answer === 'No' ? 400 : 600} c={answer === 'No' ? 'dimmed' : 'bright'}>
      {answer}
    </Table.Td>
  );
}
