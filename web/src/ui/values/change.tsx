import { change, percentChange, signOf, withUnit } from '../../format/numbers.ts';
import classes from './change.module.css';

interface ChangeProps {
  /** Null where it is not known. */
  amount: number | null;
  /** Of the amount. */
  currency?: string | null;
  /** Whether the currency is written out, where nothing else names it. */
  namesCurrency?: boolean;
  /** 5 is 5 %. */
  percent?: number | null;
}

/** A gain or loss: its sign tells which, the colour only helps. */
export function Change({ amount, currency = null, namesCurrency = false, percent = null }: ChangeProps) {
  if (amount === null) return '–';
  const text = change(amount, currency);
  return (
    <span className={classes.change} data-sign={signOf(text)}>
      <span className={classes.amount}>{withUnit(text, namesCurrency ? currency : null)}</span>
      {percent !== null && (
        <>
          {' '}
          <span className={classes.percent}>{percentChange(percent)}</span>
        </>
      )}
    </span>
  );
}

/** A change in percent alone. */
export function PercentChange({ percent }: { percent: number | null }) {
  if (percent === null) return '–';
  const text = percentChange(percent);
  return (
    <span className={classes.change} data-sign={signOf(text)}>
      <span className={classes.amount}>{text}</span>
    </span>
  );
}
