/** Fields that several changes of the structure ask for. */
import type { RestructuringStep } from '@reeve/protocol';
import type { FormEvent, ReactNode } from 'react';
import { idOf } from '../model/draft.ts';
import { t } from '../text/en.ts';
import { Choose, Dialog, Field, Foot, Input } from '../ui/forms.tsx';

/** A dialog that ends with a step of the plan. */
export function StepDialog({
  title,
  why,
  action = t.structure.take,
  ready = true,
  onDo,
  onClose,
  children,
}: {
  readonly title: string;
  readonly why?: string;
  readonly action?: string;
  readonly ready?: boolean;
  readonly onDo: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    onDo();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        {why && <p className="text-soft">{why}</p>}
        {children}
        <Foot action={action} disabled={!ready} onClose={onClose} />
      </form>
    </Dialog>
  );
}

export interface Named {
  readonly title: string;
  /** Null until somebody writes one: it follows the title. */
  readonly id: string | null;
}
export const UNNAMED: Named = { title: '', id: null };
export const nameOf = ({ title, id }: Named): { id: string; title: string } => ({
  id: id ?? idOf(title),
  title: title.trim(),
});
export const isNamed = (named: Named): boolean => nameOf(named).title !== '' && nameOf(named).id !== '';

export const NameFields = ({ value, onChange }: { value: Named; onChange: (next: Named) => void }) => (
  <div className="grid gap-3 sm:grid-cols-2">
    <Field label={t.structure.named}>
      {(id) => (
        <Input
          id={id}
          required
          maxLength={200}
          value={value.title}
          onChange={(event) => onChange({ ...value, title: event.target.value })}
        />
      )}
    </Field>
    <Field label={t.structure.id} hint={t.structure.idHint}>
      {(id) => (
        <Input
          id={id}
          required
          maxLength={64}
          pattern="[a-z0-9][a-z0-9._\-]*"
          value={nameOf(value).id}
          onChange={(event) => onChange({ ...value, id: event.target.value })}
        />
      )}
    </Field>
  </div>
);

export interface Who {
  readonly kind: 'person' | 'nobody';
  readonly principal: string;
  readonly name: string;
}
export const NOBODY: Who = { kind: 'nobody', principal: '', name: '' };
export const isWho = ({ kind, principal }: Who): boolean => kind === 'nobody' || principal.trim() !== '';

type Occupant = Extract<RestructuringStep, { do: 'occupy' }>['occupant'];

/** Who sits there, as a step says it. */
export function occupantOf({ kind, principal, name }: Who): Occupant {
  if (kind === 'nobody') return null;
  return { principal: principal.trim(), kind: 'human', ...(name.trim() ? { name: name.trim() } : {}) };
}

/** For a seat that is new: whoever sits there, or nothing said. */
export const seatedBy = (who: Who): { occupant?: NonNullable<Occupant> } => {
  const occupant = occupantOf(who);
  return occupant ? { occupant } : {};
};

export const WhoFields = ({ value, onChange }: { value: Who; onChange: (next: Who) => void }) => (
  <div className="space-y-3">
    <Choose
      label={t.structure.who.label}
      value={value.kind}
      options={[
        ['person', t.structure.who.person],
        ['nobody', t.structure.who.nobody],
      ]}
      onChange={(kind) => onChange({ ...value, kind })}
    />
    {value.kind === 'person' && (
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t.structure.who.principal}>
          {(id) => (
            <Input
              id={id}
              required
              maxLength={64}
              value={value.principal}
              onChange={(event) => onChange({ ...value, principal: event.target.value })}
            />
          )}
        </Field>
        <Field label={`${t.structure.who.name} (${t.common.optional})`}>
          {(id) => (
            <Input
              id={id}
              maxLength={200}
              value={value.name}
              onChange={(event) => onChange({ ...value, name: event.target.value })}
            />
          )}
        </Field>
      </div>
    )}
  </div>
);

/** Some of several, each with a box of its own. */
export function Boxes({
  legend,
  options,
  chosen,
  onChange,
}: {
  readonly legend: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}) {
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <fieldset className="max-h-52 overflow-auto scroll-thin">
      <legend className="mb-1 text-xs font-medium text-soft">{legend}</legend>
      {options.map(({ id, label }) => (
        <label key={id} className="flex min-h-6 items-center gap-2">
          <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
