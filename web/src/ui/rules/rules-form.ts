import type { ApprovalMode } from '@ibkr-gateway/functions/contract/approval';
import type { Limits } from '@ibkr-gateway/functions/contract/limits';
import { useForm } from '@mantine/form';
import { separateWords } from '../../format/separate-words.ts';

/** What an owner allows a connection, a key or an app. */
export interface Rules {
  limits: Limits;
  approval: ApprovalMode | null;
}

/** The same as the inputs hold it: `''` and empty lists do not limit. */
export interface RulesValues {
  approval: ApprovalMode | 'usual';
  trading: boolean;
  maxOrderValue: number | '';
  maxDailyValue: number | '';
  maxDailyOrders: number | '';
  symbols: string[];
  assetClasses: string[];
  refusesShortSales: boolean;
  refusesOptionsWriting: boolean;
  priceCollarPercent: number | '';
  maxQuoteAgeSeconds: number | '';
  regularHoursOnly: boolean;
}

export function useRulesForm(rules: Rules) {
  return useForm<RulesValues>({ initialValues: valuesOf(rules) });
}

export function valuesOf({ limits, approval }: Rules): RulesValues {
  return {
    approval: approval ?? 'usual',
    trading: limits.trading !== false,
    maxOrderValue: limits.maxOrderValue ?? '',
    maxDailyValue: limits.maxDailyValue ?? '',
    maxDailyOrders: limits.maxDailyOrders ?? '',
    symbols: limits.symbols ?? [],
    assetClasses: limits.assetClasses ?? [],
    refusesShortSales: limits.shortSelling === false,
    refusesOptionsWriting: limits.optionsWriting === false,
    priceCollarPercent: limits.priceCollarPercent ?? '',
    maxQuoteAgeSeconds: limits.maxQuoteAgeSeconds ?? '',
    regularHoursOnly: limits.regularHoursOnly === true,
  };
}

/** What the API takes. */
export function rulesOf(values: RulesValues): Rules {
  const { maxOrderValue, maxDailyValue, maxDailyOrders, priceCollarPercent, maxQuoteAgeSeconds } = values;
  const symbols = separateWords(values.symbols.map((symbol) => symbol.toUpperCase()));
  const limits: Limits = {
    ...(!values.trading && { trading: false }),
    ...(maxOrderValue !== '' && { maxOrderValue }),
    ...(maxDailyValue !== '' && { maxDailyValue }),
    ...(maxDailyOrders !== '' && { maxDailyOrders }),
    ...(symbols.length > 0 && { symbols }),
    ...(values.assetClasses.length > 0 && { assetClasses: values.assetClasses }),
    ...(values.refusesShortSales && { shortSelling: false }),
    ...(values.refusesOptionsWriting && { optionsWriting: false }),
    ...(priceCollarPercent !== '' && { priceCollarPercent }),
    ...(maxQuoteAgeSeconds !== '' && { maxQuoteAgeSeconds }),
    ...(values.regularHoursOnly && { regularHoursOnly: true }),
  };
  return { limits, approval: values.approval === 'usual' ? null : values.approval };
}
