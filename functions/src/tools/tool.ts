/** What a tool is: one object that says what it is called, what it takes and gives, and what it does. */
import type { z } from 'zod';
import type { ToolContext } from '../connections/call-context.ts';
import type { Scope } from '../contract/rules/scope.ts';
import type { ToolAnnotations } from '../contract/site.ts';
import { withMeantDigits } from '../text/decimals.ts';
import {
  type JsonObjectSchema,
  listedInput,
  listedOutput,
  namesOnly,
  wholeSchema,
} from './listed-schemas.ts';

/** What every tool says of itself that only reads the account. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** What every tool says of itself that reads of the markets, which are nobody's own. */
export const READS_MARKETS: ToolAnnotations = { ...READS, openWorldHint: true };

export interface ToolDefinition<Input extends z.ZodType, Output extends z.ZodObject> {
  name: string;
  /** For people, in lists. */
  title: string;
  /** One paragraph, written for a model: what it does, and what the answer holds. It says nothing of how to behave. */
  description: string;
  /** The least a credential must allow. */
  scope: Scope;
  annotations: ToolAnnotations;
  /** A strict object, so that an argument with a slip in its name is refused rather than ignored. */
  input: Input;
  /** The tool whose arguments these are too: where it is listed as well, they are described there alone. */
  sameArgumentsAs?: string;
  output: Output;
  /** How long a call may use IBKR, in ms, where that is longer than others may. */
  budgetMs?: number;
  run(args: z.output<Input>, context: ToolContext): Promise<z.output<Output>>;
}

/** A tool as the registry holds it, its own types behind it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly scope: Scope;
  readonly annotations: ToolAnnotations;
  readonly sameArgumentsAs?: string;
  readonly budgetMs?: number;
  /** JSON Schema 2020-12 of the arguments, as it is listed. */
  readonly inputSchema: JsonObjectSchema;
  /** Everything that the arguments have to keep to. */
  readonly acceptedSchema: JsonObjectSchema;
  /** JSON Schema 2020-12 of `structuredContent`, as it is listed. */
  readonly outputSchema: JsonObjectSchema;
  readonly input: z.ZodType;
  run(args: unknown, context: ToolContext): Promise<Record<string, unknown>>;
}

/**
 * Makes a tool of its definition. `run` of the result expects arguments that `input` has parsed. Its JSON schemas are made
 * when they are first asked for: most processes call a few tools, and list none.
 */
export function defineTool<Input extends z.ZodType, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const accepted = once(() => wholeSchema(definition.input, 'input'));
  const listed = once(() => listedInput(accepted()));
  const output = once(() => listedOutput(withAccountNote(wholeSchema(definition.output, 'output'))));
  return {
    ...definition,
    get acceptedSchema() {
      return accepted();
    },
    get inputSchema() {
      return listed();
    },
    get outputSchema() {
      return output();
    },
    run: async (args, context) => withMeantDigits(await definition.run(args as z.output<Input>, context)),
  };
}

function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Beside an answer about an account that nobody chose it is told which one it is. */
function withAccountNote(schema: JsonObjectSchema): JsonObjectSchema {
  const { properties = {} } = schema;
  const isOfAccount = 'account_id' in properties || 'accounts' in properties;
  return isOfAccount
    ? { ...schema, properties: { ...properties, account_note: { type: 'string' } } }
    : schema;
}

/** What `tools/list` says of tools, to somebody who sees these and no others. */
export function listedTools(tools: readonly Tool[]) {
  const names = new Set(tools.map(({ name }) => name));
  return tools.map(
    ({ name, title, description, annotations, sameArgumentsAs, inputSchema, outputSchema }) => ({
      name,
      title,
      description,
      annotations,
      inputSchema:
        sameArgumentsAs !== undefined && names.has(sameArgumentsAs) ? namesOnly(inputSchema) : inputSchema,
      outputSchema,
    }),
  );
}
