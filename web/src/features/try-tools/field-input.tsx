import {
  Button,
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { Draft, Field } from './schema-fields.ts';

interface FieldInputProps {
  field: Field;
  /** Where the field stands in the arguments, such as `legs.0.ratio`. */
  path: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** By the path of the field. */
  problems: Record<string, string>;
}

/** What one argument is typed into. */
function FieldInput({ field, path, draft, onChange, problems }: FieldInputProps) {
  const { name, description, isRequired } = field;
  const text = typeof draft === 'string' ? draft : '';
  const labelled = {
    label: name,
    description,
    error: problems[path],
    // Not the attribute: the browser's own words would hide those of the form.
    withAsterisk: isRequired,
    'aria-required': isRequired,
  };
  switch (field.kind) {
    case 'group':
      return (
        <Fieldset legend={name}>
          <GroupInputs {...{ field, path, draft, onChange, problems }} fields={field.fields} />
        </Fieldset>
      );
    case 'list':
      return <ListInput {...{ field, path, draft, onChange, problems }} item={field.item} />;
    case 'flag':
      return (
        <Checkbox
          label={name}
          description={description}
          checked={draft === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          {...labelled}
          data={[{ value: '', label: isRequired ? 'Choose' : 'Not given' }, ...field.options]}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'json':
      return (
        <Textarea
          {...labelled}
          description={`${description} Written as JSON.`.trim()}
          autosize
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...labelled}
          autoComplete="off"
          spellCheck={false}
          autoCapitalize="off"
          inputMode={inputModeOf(field)}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

function inputModeOf(field: Field): 'text' | 'numeric' | 'decimal' {
  if (field.kind !== 'number') return 'text';
  return field.isInteger ? 'numeric' : 'decimal';
}

interface GroupInputsProps extends Omit<FieldInputProps, 'field'> {
  fields: Field[];
}

/** Several arguments below each other; `path` is empty for those of the tool itself. */
export function GroupInputs({ fields, path, draft, onChange, problems }: GroupInputsProps) {
  const typed = typeof draft === 'object' && !Array.isArray(draft) ? draft : {};
  return (
    <Stack gap="md">
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          path={path === '' ? field.name : `${path}.${field.name}`}
          draft={typed[field.name]}
          onChange={(part) => onChange({ ...typed, [field.name]: part })}
          problems={problems}
        />
      ))}
    </Stack>
  );
}

interface ListInputProps extends FieldInputProps {
  item: Field;
}

function ListInput({ field, item, path, draft, onChange, problems }: ListInputProps) {
  const items = Array.isArray(draft) ? draft : [];
  return (
    <Fieldset legend={field.name}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {field.description}
        </Text>
        {problems[path] !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)">
            {problems[path]}
          </Text>
        )}
        {items.map((part, index) => {
          const name = `${field.name} ${index + 1}`;
          return (
            // A list has no other identity than its order.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Stack key={index} gap="xs">
              <FieldInput
                field={{ ...item, name }}
                path={`${path}.${index}`}
                draft={part}
                onChange={(changed) => onChange(items.with(index, changed))}
                problems={problems}
              />
              <Group>
                <Button variant="default" size="xs" onClick={() => onChange(items.toSpliced(index, 1))}>
                  Remove {name}
                </Button>
              </Group>
            </Stack>
          );
        })}
        <Group>
          <Button variant="default" size="xs" onClick={() => onChange([...items, undefined])}>
            Add to {field.name}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
