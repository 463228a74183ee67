import type { GatewaySecrets } from '@ibkr-gateway/functions/contract/connection';
import { useForm } from '@mantine/form';

export interface GatewayValues {
  url: string;
  headers: { key: string; name: string; value: string }[];
  ca: string;
}

/** The form for how a Client Portal Gateway is reached. */
export function useGatewayForm() {
  return useForm<GatewayValues>({
    initialValues: { url: '', headers: [], ca: '' },
    validate: {
      url: (url) => (url.trim() === '' ? 'Enter the address of your gateway.' : null),
      headers: {
        name: (name, { headers }) =>
          headers.filter((other) => other.name.trim().toLowerCase() === name.trim().toLowerCase()).length > 1
            ? 'This name is there twice.'
            : null,
      },
    },
  });
}

/** What is filled in, as the API takes it. */
export function gatewaySecrets({ url, headers, ca }: GatewayValues): GatewaySecrets {
  const named = headers.filter(({ name }) => name.trim() !== '');
  return {
    url: url.trim(),
    ...(named.length > 0 && {
      headers: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value.trim()])),
    }),
    ...(ca.trim() !== '' && { ca }),
  };
}
