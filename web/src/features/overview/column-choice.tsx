import classes from '../../ui/forms/plain-choice.module.css';

interface ColumnChoiceProps {
  columns: readonly string[];
  hidden: readonly string[];
  onChange: (hidden: string[]) => void;
}

/** Which columns a table has. In plain boxes: the overview has no other fields. */
export function ColumnChoice({ columns, hidden, onChange }: ColumnChoiceProps) {
  return (
    <fieldset className={classes.choice}>
      <legend>Columns on a wide screen</legend>
      {columns.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={!hidden.includes(name)}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.checked ? hidden.filter((other) => other !== name) : [...hidden, name])
            }
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
