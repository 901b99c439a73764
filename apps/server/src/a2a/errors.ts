import { ERRORS, type ErrorReason } from '@reeve/workers/a2a';

/** An answer that is an error of the protocol. */
export class A2aError extends Error {
  readonly reason: ErrorReason;
  /** @param message what happened, why, and what to do next */
  constructor(reason: ErrorReason, message: string) {
    super(message);
    this.name = 'A2aError';
    this.reason = reason;
  }
}

/** As it stands on the wire, with the machine-readable reason that every binding of the protocol gives. */
export const errorBody = ({ reason, message }: A2aError) => ({
  code: ERRORS[reason],
  message,
  data: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'a2a-protocol.org' }],
});
