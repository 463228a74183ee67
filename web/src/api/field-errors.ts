import { isAxiosError } from 'axios';

/** What the API found wrong with single fields of what was sent, by their path; empty when it names none. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!isAxiosError<{ error?: { fields?: Record<string, string> } }>(error)) return {};
  return error.response?.data?.error?.fields ?? {};
}
