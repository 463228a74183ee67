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
  if (issue.code !== 'unrecognized_keys') return [{ field, text: boundWords(issue) ?? issue.message }];
  return issue.keys.map((key) => ({
    field: [...issue.path, key].join('.'),
    text: 'There is no such field.',
  }));
}

/** What is too long, too much or too little, where the schema has no words of its own: those of zod are for programs. */
function boundWords(issue: z.core.$ZodIssue): string | null {
  if ((issue.code !== 'too_big' && issue.code !== 'too_small') || !/^Too (big|small):/.test(issue.message)) {
    return null;
  }
  const { inclusive = true } = issue;
  const [which, bound] =
    issue.code === 'too_big'
      ? [inclusive ? 'At most' : 'Less than', issue.maximum]
      : [inclusive ? 'At least' : 'More than', issue.minimum];
  const unit = { string: ' character', array: ' item' }[issue.origin as string] ?? '';
  return `${which} ${bound}${unit}${unit === '' || bound === 1 ? '' : 's'}.`;
}
