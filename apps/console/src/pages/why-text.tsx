/** The whole explanation of one operation, in the order a reviewer asks. */
import type { Explanation } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { metricText, momentText, moneyText, spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Badge, Untrusted } from '../ui/parts.tsx';
import { VERDICT_TONES } from '../ui/states.tsx';
import { afterTypes, argTypes, readTypes, useCatalogue, Values } from '../ui/values.tsx';

const Row = ({ title, children }: { title: string; children: React.ReactNode }) => (
  <div className="grid gap-x-6 gap-y-1 border-t py-3 first:border-t-0 first:pt-0 md:grid-cols-[8rem_minmax(0,1fr)]">
    <dt className="text-xs font-semibold text-soft md:pt-px">{title}</dt>
    <dd className="min-w-0 space-y-1">{children}</dd>
  </div>
);

export function WhyText({ of }: { of: Explanation }) {
  return (
    <dl>
      <What of={of} />
      <Who of={of} />
      <Facts of={of} />
      <Rules of={of} />
      <Approved of={of} />
      <Done of={of} />
      <Checked of={of} />
      <Purpose of={of} />
      <Row title={t.why.records}>
        <span className="flex flex-wrap gap-x-2 font-mono text-xs">
          {of.records.map((seq) => (
            <Link
              key={seq}
              to="/ledger/$seq"
              params={{ seq: String(seq) }}
              className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
            >
              {seq}
            </Link>
          ))}
        </span>
      </Row>
    </dl>
  );
}

function What({ of: { operation } }: { of: Explanation }) {
  const catalogue = useCatalogue();
  return (
    <Row title={t.why.what}>
      <p className="text-faint">
        {t.ops.effects[operation.effect]} · {t.why.tool} {operation.tool} · {momentText(operation.requestedAt)}
      </p>
      <Values values={operation.args} types={argTypes(catalogue, operation.capability)} />
    </Row>
  );
}

function Who({ of: { who, authority, run } }: { of: Explanation }) {
  const currency = useCatalogue().currency;
  const { right } = authority;
  return (
    <>
      <Row title={t.why.who}>
        <p>
          <Link to="/organisation/$id" params={{ id: who.seat }} className="font-medium text-accent underline">
            {who.title}
          </Link>
          , {t.why.playedBy} {who.principal}
        </p>
        <p className="text-faint">
          {t.why.answersTo}{' '}
          {who.line.map(({ title, principal }) => `${title}${principal ? ` (${principal})` : ''}`).join(' → ') ||
            t.common.nobody}
        </p>
        {run && (
          <p className="text-faint">
            {run.id} · {run.worker} · {momentText(run.startedAt)}
          </p>
        )}
      </Row>
      <Row title={t.why.authority}>
        <p>
          {right ? (
            <code className="font-mono text-xs">
              {right.capability}
              {right.when && ` when ${right.when}`}
            </code>
          ) : (
            t.why.noRight
          )}
          {right?.limit !== undefined && <> · {t.why.limit(moneyText(right.limit, currency))}</>}
        </p>
        <p className="text-faint">
          {authority.note} · {t.why.definition} {authority.definition.slice(0, 12)}
        </p>
      </Row>
    </>
  );
}

function Facts({ of: { reads, operation } }: { of: Explanation }) {
  const catalogue = useCatalogue();
  if (reads.length === 0) return null;
  return (
    <Row title={t.why.read}>
      {reads.map(({ name, value, version, at }) => (
        <div key={name}>
          <p className="font-medium">
            {wordsOf(name)}{' '}
            <span className="font-normal text-faint">
              {momentText(at)}
              {version && ` · ${t.why.version} ${version.slice(0, 12)}`}
            </span>
          </p>
          <Values values={value} types={readTypes(catalogue, operation.capability, name)} />
        </div>
      ))}
    </Row>
  );
}

function Rules({ of: { contract, decision, decisions } }: { of: Explanation }) {
  return (
    <>
      {contract && (
        <Row title={t.why.contract}>
          <p>
            <Link
              to="/policies"
              search={{ tab: 'contracts', contract: contract.id }}
              className="font-medium text-accent underline"
            >
              {contract.title || contract.id}
            </Link>
          </p>
          <ul className="space-y-0.5">
            {contract.rules.map(({ rule, when, that }) => (
              <li key={`${when}${rule}`}>
                <span className="text-faint">
                  {t.why.when[when]} {rule}:
                </span>{' '}
                <code className="font-mono text-xs">{that}</code>
              </li>
            ))}
          </ul>
        </Row>
      )}
      <Row title={t.why.decision}>
        {decision ? (
          <>
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={VERDICT_TONES[decision.verdict]}>{t.ops.verdicts[decision.verdict]}</Badge>
              {decision.flagged && <Badge tone="warn">{t.ops.flagged}</Badge>}
              <span className="text-faint">
                {momentText(decision.at)}
                {decisions.length > 1 && ` · ${t.why.asked(decisions.length)}`}
              </span>
            </p>
            <ul className="space-y-0.5">
              {decision.reasons.map(({ rule, message, instead }) => (
                <li key={`${rule}${message}`}>
                  <Untrusted text={message} /> <span className="font-mono text-2xs text-faint">{rule}</span>
                  {instead && (
                    <span className="block text-faint">
                      {t.approvals.alternatives}: {instead}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </>
        ) : (
          t.why.undecided
        )}
      </Row>
    </>
  );
}

function Approved({ of: { approval } }: { of: Explanation }) {
  if (!approval) return null;
  const { id, status, by, bySilence, note, waited, approvers } = approval;
  return (
    <Row title={t.why.approval}>
      <p>
        <Link to="/approvals/$id" params={{ id }} className="text-accent underline">
          {id}
        </Link>{' '}
        {t.approvals.status[status as keyof typeof t.approvals.status] ?? status}
        {by && <> {t.approvals.by(wordsOf(by))}</>}
        {bySilence && ` (${t.why.silence})`}
        {waited !== null && <>, {t.why.after(spanText(waited))}</>}
      </p>
      <p className="text-faint">
        {t.why.asks} {approvers.map(wordsOf).join(', ')}
      </p>
      {note && (
        <p className="italic">
          “<Untrusted text={note} />”
        </p>
      )}
    </Row>
  );
}

function Done({ of: { attempts, cost, evidence } }: { of: Explanation }) {
  const currency = useCatalogue().currency;
  return (
    <>
      {attempts.length > 0 && (
        <Row title={t.why.attempts}>
          {attempts.map(({ attempt, executor, at, outcome, message }) => (
            <p key={attempt}>
              {attempt}. {outcome}{' '}
              <span className="text-faint">
                {executor} · {momentText(at)}
              </span>{' '}
              {message && <Untrusted text={message} />}
            </p>
          ))}
        </Row>
      )}
      {cost.accounts.length > 0 && (
        <Row title={t.why.cost}>
          <p className="font-medium">{moneyText(cost.money, currency)}</p>
          {cost.accounts.map(({ seq, what, from, to, amount }) => (
            <p key={seq} className="text-faint">
              {what} {moneyText(amount, currency)}: {from} → {to}
            </p>
          ))}
        </Row>
      )}
      {evidence.length > 0 && (
        <Row title={t.why.evidence}>
          {evidence.map(({ kind, ref, digest }) => (
            <p key={ref}>
              <Badge>{kind}</Badge>{' '}
              <span className="font-mono text-xs">
                <Untrusted text={ref} />
              </span>{' '}
              {digest && <span className="font-mono text-2xs text-faint">sha-256 {digest.slice(0, 12)}</span>}
            </p>
          ))}
        </Row>
      )}
    </>
  );
}

function Checked({ of: { verification, operation } }: { of: Explanation }) {
  const catalogue = useCatalogue();
  const { status, checks, failed, after } = verification;
  return (
    <Row title={t.why.verified}>
      <p>
        {t.why.verification[status]}{' '}
        {checks.length > 0 && <span className="font-mono text-2xs text-faint">{checks.join(', ')}</span>}
      </p>
      {failed.map(({ rule, message }) => (
        <p key={rule} className="text-bad">
          {message} <span className="font-mono text-2xs">{rule}</span>
        </p>
      ))}
      {after && <Values values={after.value} types={afterTypes(catalogue, operation.capability)} />}
    </Row>
  );
}

function Purpose({ of: { metric, uncertainty } }: { of: Explanation }) {
  const currency = useCatalogue().currency;
  return (
    <>
      {(uncertainty.why !== null || uncertainty.confidence !== null) && (
        <Row title={t.why.sure}>
          <p>
            {uncertainty.confidence !== null && `${Math.round(uncertainty.confidence * 100)} % · `}
            <Untrusted text={uncertainty.why ?? ''} />
          </p>
        </Row>
      )}
      {metric && (
        <Row title={t.why.purpose}>
          <p>
            {t.why.moves} “{metric.title}”, {metricText(metric.current, metric.unit as 'number', currency)}
            {metric.target !== null && metric.direction && (
              <>
                , {t.today.target[metric.direction]} {metricText(metric.target, metric.unit as 'number', currency)}
              </>
            )}
          </p>
        </Row>
      )}
    </>
  );
}
