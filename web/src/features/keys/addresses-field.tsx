import { MOST_ADDRESS_RANGES } from '@ibkr-gateway/functions/contract/rules/bounds';
import { TagsInput } from '@mantine/core';
import type { ComponentProps } from 'react';
import { separateWords } from '../../format/words/separate-words.ts';

/** The addresses that a key may be used from. */
export function AddressesField({ value = [], onChange, ...props }: ComponentProps<typeof TagsInput>) {
  return (
    <TagsInput
      label="Only from these addresses (optional)"
      description="Addresses or ranges, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32; Enter after each. Empty allows all. From elsewhere the key is refused."
      placeholder={value.length === 0 ? 'Everywhere' : ''}
      value={value}
      onChange={(ranges) => onChange?.(separateWords(ranges))}
      splitChars={[',', ' ']}
      maxTags={MOST_ADDRESS_RANGES}
      {...props}
    />
  );
}

/** The API names the address that is wrong (`allowedIps.1`); the form has one field for all. */
export function addressErrors(errors: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).map(([path, text]) => [path.split('.')[0] ?? path, text]));
}
