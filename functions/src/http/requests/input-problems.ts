import type { z } from 'zod';

export interface InputProblems {
  /** All of them, as one sentence that names the fields. */
  message: string;
  /** What is wrong with single fields, by their path (`limits.maxOrderValue`). */
  fields: Record<string, string>;
}

/** What is wrong with an input, for whoever sent it. */
export function inputProblems({ issues }: z.ZodError): InputProblems {
  const problems = issues.flatMap(problemsOf);
  return {
    message: problems.map(({ field, text }) => (field === '' ? text : `${field}: ${text}`)).join('; '),
    fields: Object.fromEntries(
      problems.filter(({ field }) => field !== '').map(({ field, text }) => [field, text]),
    ),
  };
}

function problemsOf(issue: z.core.$ZodIssue): { field: string; text: string }[] {
  const field = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ field, text: issue.message }];
  return issue.keys.map((key) => ({
    field: [...issue.path, key].join('.'),
    text: 'There is no such field.',
  }));
}
