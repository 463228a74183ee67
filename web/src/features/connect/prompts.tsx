import { Stack, Text, Title } from '@mantine/core';
import { Snippet } from '../../ui/text/snippet.tsx';

const PROMPTS = [
  { about: 'Portfolio', text: 'How is my IBKR portfolio doing today, and which positions moved it most?' },
  { about: 'Market', text: 'What does NVDA trade at, and how far is it from where it was a year ago?' },
  { about: 'Cash', text: 'How much cash do I have in each currency, and what is that in US dollars?' },
  {
    about: 'Before an order',
    text: 'What would it cost to buy 10 AAPL at market, and what would it do to my margin? Do not order anything.',
  },
  {
    about: 'An order (read & write)',
    text: 'Buy 1 AAPL with a limit 2 % below the current price, good for today. Show me the order first.',
  },
];

/** Things to say to a host that was just connected. */
export function Prompts() {
  return (
    <Stack component="section" gap="md" aria-labelledby="prompts" mt="xl">
      <Title order={2} id="prompts">
        Then ask
      </Title>
      <Text>
        Most hosts ask you before they first use a tool. Tools that only read are safe to allow for good.
      </Text>
      {PROMPTS.map(({ about, text }) => (
        <Snippet key={about} caption={about} text={text} of={`prompt: ${about}`} />
      ))}
    </Stack>
  );
}
