/** A language model that serves requests itself, by whatever tools it chooses; any server with OpenAI's chat API will do. */
import { z } from 'zod';

/** Where the model is. */
export interface LiveModel {
  url: string;
  key: string;
  model: string;
}

const MOST_TURNS = 12;

interface ListedTool {
  name: string;
  description: string;
  inputSchema: object;
}

const completion = z.object({
  choices: z.tuple([
    z.object({
      message: z.looseObject({
        content: z.string().nullish(),
        tool_calls: z
          .array(
            z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }),
          )
          .nullish(),
      }),
    }),
  ]),
});

/**
 * Lets the model go on until it answers in words.
 * @param callTool Answers a call as text, failures included.
 */
export async function serve(
  { url, key, model }: LiveModel,
  { instructions, tools, ask }: { instructions: string; tools: readonly ListedTool[]; ask: string },
  callTool: (name: string, args: Record<string, unknown>) => Promise<string>,
): Promise<string> {
  const messages: object[] = [
    { role: 'system', content: instructions },
    { role: 'user', content: ask },
  ];
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model,
        messages,
        tools: tools.map(({ name, description, inputSchema: parameters }) => ({
          type: 'function',
          function: { name, description, parameters },
        })),
      }),
    });
    if (!response.ok) throw new Error(`The model answered ${response.status}.`);
    const [{ message }] = completion.parse(await response.json()).choices;
    messages.push({ role: 'assistant', ...message });
    if (!message.tool_calls?.length) return message.content ?? '';
    for (const { id, function: called } of message.tool_calls) {
      const args = z.record(z.string(), z.unknown()).parse(JSON.parse(called.arguments || '{}'));
      messages.push({ role: 'tool', tool_call_id: id, content: await callTool(called.name, args) });
    }
  }
  throw new Error(`The model did not answer in ${MOST_TURNS} turns.`);
}
