/** Filters a person keeps, in this browser. */
import { useState } from 'react';
import { named } from '../app/place.ts';
import type { CasesSearch } from '../app/router.tsx';
import { t } from '../text/en.ts';
import { Dialog, Field, Input, Select } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';

const KEY = named('reeve.filters');
type Saved = Record<string, CasesSearch>;

/** What is damaged is none. */
function read(): Saved {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') as Saved | null) ?? {};
  } catch {
    return {};
  }
}

export function SavedFilters({ search, onUse }: { search: CasesSearch; onUse: (search: CasesSearch) => void }) {
  const [saved, setSaved] = useState(read);
  const [naming, setNaming] = useState(false);
  const names = Object.keys(saved);
  const fits = Object.values(search).some((each) => each !== undefined && each !== 'table');
  const save = (name: string) => {
    const next = { ...saved, [name]: search };
    localStorage.setItem(KEY, JSON.stringify(next));
    setSaved(next);
    setNaming(false);
  };
  return (
    <>
      {names.length > 0 && (
        <Select
          aria-label={t.cases.saved}
          value=""
          choices={[{ value: '', label: t.cases.saved }, ...names.map((name) => ({ value: name, label: name }))]}
          onChange={(name) => name && onUse(saved[name]!)}
        />
      )}
      {fits && (
        <Button look="quiet" onClick={() => setNaming(true)}>
          {t.cases.save}
        </Button>
      )}
      {naming && <Name onSave={save} onClose={() => setNaming(false)} />}
    </>
  );
}

function Name({ onSave, onClose }: { onSave: (name: string) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  return (
    <Dialog title={t.cases.save} onClose={onClose}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(name.trim());
        }}
      >
        <Field label={t.cases.saveName}>
          {(id) => (
            <Input id={id} required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <div className="flex justify-end">
          <Button type="submit" look="primary" disabled={name.trim() === ''}>
            {t.cases.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
