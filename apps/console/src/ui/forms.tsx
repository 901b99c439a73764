/** Fields, dialogs and tabs. Dialogs are the browser's own: focus stays inside, Escape closes, what is behind is inert. */
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useEffect, useId, useRef } from 'react';
import { t } from '../text/en.ts';
import { Button, cx } from './parts.tsx';

const BOX =
  'w-full rounded-md border border-strong bg-surface px-2.5 text-sm text-ink placeholder:text-faint disabled:opacity-60';

export const Field = ({
  label,
  hint,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  children: (id: string) => ReactNode;
}) => {
  const id = useId();
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-xs font-medium text-soft">
        {label}
      </label>
      {children(id)}
      {hint && <p className="text-xs text-faint">{hint}</p>}
    </div>
  );
};

export const Input = (props: InputHTMLAttributes<HTMLInputElement>) => (
  <input autoComplete="off" spellCheck={false} {...props} className={cx(BOX, 'h-8', props.className)} />
);

export const Area = (props: TextareaHTMLAttributes<HTMLTextAreaElement>) => (
  <textarea rows={3} {...props} className={cx(BOX, 'py-1.5 leading-snug', props.className)} />
);

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function Select({
  value,
  choices,
  onChange,
  ...rest
}: {
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
  id?: string;
  'aria-label'?: string;
}) {
  return (
    <select {...rest} value={value} onChange={(event) => onChange(event.target.value)} className={cx(BOX, 'h-8 pr-7')}>
      {choices.map((each) => (
        <option key={each.value} value={each.value}>
          {each.label}
        </option>
      ))}
    </select>
  );
}

export function Dialog({
  title,
  children,
  onClose,
  wide,
}: {
  title: ReactNode;
  children: ReactNode;
  onClose: () => void;
  wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current!;
    if (!dialog.open) dialog.showModal();
    // The browser would begin with the button that closes it.
    dialog.querySelector<HTMLElement>('input, textarea, select')?.focus();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClick={(event) => event.target === ref.current && onClose()}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={cx(
        'rounded-xl border bg-surface p-0 shadow-float',
        wide ? 'w-[min(46rem,94vw)]' : 'w-[min(30rem,94vw)]',
      )}
    >
      <div className="p-5">
        <div className="mb-3 flex items-start justify-between gap-4">
          <h2 id={id} className="title text-xl">
            {title}
          </h2>
          <Button look="quiet" icon="cross" aria-label="Close" onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** Views of one thing, side by side; the arrows move between them. */
export function Choose<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [T, ReactNode])[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="inline-flex rounded-md border border-strong bg-surface p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(([each, text]) => (
        <label
          key={each}
          className={cx(
            'flex min-h-6 cursor-pointer items-center gap-1.5 rounded px-2.5 text-xs font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent',
            each === value ? 'bg-accent-tint text-accent' : 'text-soft hover:text-ink',
          )}
        >
          <input
            type="radio"
            className="sr-only"
            checked={each === value}
            onChange={() => onChange(each)}
            name={label}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

/** A line of text with its label. */
export const Words = ({
  label,
  hint,
  value,
  onChange,
  ...rest
}: {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  disabled?: boolean;
  type?: string;
  inputMode?: 'decimal';
}) => (
  <Field label={label} hint={hint}>
    {(id) => (
      <Input id={id} maxLength={1000} {...rest} value={value} onChange={(event) => onChange(event.target.value)} />
    )}
  </Field>
);

/** A text of some length that has to be there, with its label. */
export const Passage = ({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) => (
  <Field label={label}>
    {(id) => (
      <Area id={id} required maxLength={2000} value={value} onChange={(event) => onChange(event.target.value)} />
    )}
  </Field>
);

/** What a form in a dialog ends with: leave it, or do it. */
export const Foot = ({
  action,
  danger = false,
  onClose,
  ...rest
}: {
  action: ReactNode;
  danger?: boolean | undefined;
  busy?: boolean;
  disabled?: boolean;
  onClose: () => void;
}) => (
  <div className="flex justify-end gap-2">
    <Button onClick={onClose}>{t.common.cancel}</Button>
    <Button type="submit" look={danger ? 'danger-solid' : 'primary'} {...rest}>
      {action}
    </Button>
  </div>
);
