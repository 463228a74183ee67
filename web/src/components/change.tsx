import { change, percentChange } from '../orders/numbers.ts';
import classes from './change.module.css';

interface ChangeProps {
  /** Null where it is not known. */
  amount: number | null;
  currency?: string | null;
  /** 5 is 5 %. */
  percent?: number | null;
}

/** A gain or loss: its sign tells which, the colour only helps. */
export function Change({ amount, currency = null, percent = null }: ChangeProps) {
  if (amount === null) return '–';
  return (
    <span className={classes.change} data-sign={Math.sign(amount)}>
      <span className={classes.amount}>{change(amount, currency)}</span>
      {percent !== null && (
        <>
          {' '}
          <span className={classes.percent}>{percentChange(percent)}</span>
        </>
      )}
    </span>
  );
}
