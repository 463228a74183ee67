import {
  type MutationFunction,
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
} from '@tanstack/react-query';
import { useRef } from 'react';

type ChangeOptions<Data, Variables, Kept> = Omit<
  UseMutationOptions<Data, Error, Variables, Kept>,
  'mutationFn'
> & {
  mutationFn: MutationFunction<Data, Variables>;
  /** Whether a wish is the same whatever is asked for, such as what ends so many days from now. */
  isAlwaysSame?: boolean;
};

/**
 * A mutation that is not begun once more while the same is under way: a double click and an Enter that is held down are
 * one wish, and come before a button can show that it waits.
 */
export function useChange<Data, Variables = void, Kept = unknown>(
  options: ChangeOptions<Data, Variables, Kept>,
): UseMutationResult<Data, Error, Variables, Kept> {
  const underWay = useRef<string>(undefined);
  const { mutationFn, isAlwaysSame = false, ...rest } = options;
  const mutation = useMutation<Data, Error, Variables, Kept>({
    ...rest,
    mutationFn: async (variables, context) => {
      try {
        return await mutationFn(variables, context);
      } finally {
        underWay.current = undefined;
      }
    },
  });
  const begin = useRef(mutation.mutate);
  begin.current = mutation.mutate;
  const once = useRef<typeof mutation.mutate>((...args) => {
    const wish = isAlwaysSame ? '' : (JSON.stringify(args[0]) ?? '');
    if (underWay.current === wish) return;
    underWay.current = wish;
    begin.current(...args);
  });
  return { ...mutation, mutate: once.current };
}
