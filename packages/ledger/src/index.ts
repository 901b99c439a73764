export { type Audit, type AuditOptions, type Signed, verifyExport, verifyLedger } from './audit.ts';
export { canonicalText } from './canonical.ts';
export { GENESIS, type Head, headOf, open, type SealedRecord, seal } from './chain.ts';
export {
  changedPaths,
  type DeskEntry,
  DeskError,
  type DeskFile,
  DeskTrees,
  type Listing,
  type SavedDesk,
} from './desk/tree.ts';
export { ERASED, hasErased, protect, reveal } from './erasure/erasure.ts';
export { forgetCustomers, type PersonalBlobs, personalBlobs, sealedSnapshots } from './erasure/forget.ts';
export { allForgottenKeys } from './erasure/forgotten-keys.ts';
export { customerSubject, type KeyStore, memoryKeys, SNAPSHOTS } from './erasure/keys.ts';
export { PERSONAL } from './erasure/personal.ts';
export type { SubjectKey } from './erasure/sealing.ts';
export { type CustomerOf, protectAll, subjectOf } from './erasure/subjects.ts';
export {
  type Chunks,
  type Entry,
  ExportError,
  entryLine,
  exportEntries,
  exportLines,
  type Manifest,
  manifestLine,
  type Reading,
  readEntries,
  readExport,
  recordLine,
} from './export.ts';
export { headerText, type RecordHeader, readHeader } from './header.ts';
export { History, type HistoryOptions, type HistoryResult, type HistorySearch } from './history/history.ts';
export { linkHash, type Sha256 } from './link.ts';
export { type LogStore, makeCheckpoint, storeReading } from './log.ts';
export {
  consistencyRanges,
  createRangeRoots,
  createTree,
  type Frontier,
  inclusionRanges,
  leafOf,
  type MerkleTree,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
export { type Checkpoint, type CheckpointFault, openCheckpoint, parseCheckpoint } from './notes/checkpoint.ts';
export { signerFile } from './notes/key-file.ts';
export { type LogKeys, openLogKeys, readLogKeys } from './notes/log-keys.ts';
export { NoteError, parseNote, parseVerifierKey, type VerifierKey, verifierKeyText } from './notes/note.ts';
export { generateKey, nodePort, openSigner, type Signer } from './notes/signer.ts';
export {
  firstUnsigned,
  judgeCheckpoint,
  latestSeen,
  parseSeen,
  type Seen,
  type Witnessed,
  withSignature,
} from './notes/witness.ts';
export { appendSeen, readSeen, type WitnessOptions, witnessLedger } from './notes/witness-file.ts';
export { pagesOf, type Records } from './pages.ts';
export { type Proof, type ProofFault, type ProofResult, proofText, verifyProof } from './proof.ts';
export { proveConsistency, proveRecord, Unprovable } from './prove.ts';
export { createProver, type Prover } from './prover.ts';
export { sha256Node } from './sha256-node.ts';
export * from './store/port.ts';
export { type Upcaster, type Upcasters, upcasters } from './upcast.ts';
export {
  createVerifier,
  type Fault,
  type FirstBad,
  type Verification,
  type Verifier,
  type VerifyOptions,
  verify,
} from './verify.ts';
