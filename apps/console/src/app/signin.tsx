import { type FormEvent, useState } from 'react';
import { t } from '../text/en.ts';
import { Field, Input } from '../ui/forms.tsx';
import { Mark } from '../ui/icons.tsx';
import { Button } from '../ui/parts.tsx';
import { signInWith, useSignedOut } from './session.ts';

/** Shown to whom the server does not know (yet, or any more), with every way to get in. */
export function SignIn() {
  const why = useSignedOut();
  const [given, setGiven] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signInWith(given.trim());
  };
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="w-full max-w-md rounded-xl border bg-surface p-8 shadow-float">
        <div className="mb-5 flex items-center gap-3">
          <Mark size={36} />
          <h1 className="title text-2xl">{t.signIn.title}</h1>
        </div>
        <p role="status" className="text-soft">
          {t.signIn.why[why]}
        </p>
        <ol className="mt-4 list-decimal space-y-1 pl-5">
          <li>{t.signIn.first}</li>
          <li>
            <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs">npm run reeve -- console</code>
          </li>
          <li>{t.signIn.third}</li>
        </ol>
        <form onSubmit={submit} className="mt-6 space-y-3 border-t pt-5">
          <Field label={t.signIn.token} hint={t.signIn.tokenHint}>
            {(id) => <Input id={id} type="password" value={given} onChange={(event) => setGiven(event.target.value)} />}
          </Field>
          <Button type="submit" look="primary" disabled={given.trim().length < 16}>
            {t.signIn.enter}
          </Button>
        </form>
      </div>
    </main>
  );
}
