/** The messages of a request that call a tool, as hosts write them. */
import { z } from 'zod';

const toolCall = z.looseObject({
  method: z.literal('tools/call'),
  id: z.union([z.string(), z.number()]).nullish(),
  params: z.looseObject({ arguments: z.unknown() }),
});

/** A message or batch with every call's arguments as an object, where they are null or an object's JSON as text. */
export function readableCalls(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(readableCalls);
  const { success } = toolCall.safeParse(body);
  if (!success) return body;
  const call = body as z.output<typeof toolCall>;
  if (call.params.arguments === undefined) return body;
  return { ...call, params: { ...call.params, arguments: readableArguments(call.params.arguments) } };
}

function readableArguments(given: unknown): unknown {
  if (given === null) return {};
  if (typeof given !== 'string') return given;
  if (given.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(given);
    return parsed === null ? {} : parsed;
  } catch {
    return given;
  }
}

/** The id of a call whose arguments are no object; undefined if there is none. Those of a batch are left to the SDK. */
export function unreadableCall(body: unknown): string | number | null | undefined {
  const { data } = toolCall.safeParse(body);
  if (data === undefined) return undefined;
  const { arguments: given } = data.params;
  const isReadable =
    given === undefined || (typeof given === 'object' && given !== null && !Array.isArray(given));
  return isReadable ? undefined : (data.id ?? null);
}
