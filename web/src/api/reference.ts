import { useQuery } from '@tanstack/react-query';
import axios from 'axios';

/** What `GET /api/reference` answers: tools and error codes as the gateway itself defines them. */
export interface Reference {
  tools: ToolReference[];
  errors: ErrorReference[];
}

export interface ToolReference {
  name: string;
  title: string;
  /** One paragraph, written for a model. */
  description: string;
  scope: 'read' | 'write';
  inputSchema: JsonSchema;
}

/** The part of JSON Schema 2020-12 that tool arguments use. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  format?: string;
}

export interface ErrorReference {
  code: string;
  retryable: boolean;
  meaning: string;
  remedy: string;
}

/** The reference; anybody may read it, and it stays the same for as long as a page is open. */
export function useReference() {
  return useQuery({
    queryKey: ['reference'],
    queryFn: async ({ signal }) => (await axios.get<Reference>('/api/reference', { signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
