export interface ArchiveEvents {
  /** The case, with all that belongs to it, leaves memory; its records stay where they are. */
  'case.archived': { case: string };
  /** The same for an operation of no case. */
  'operation.archived': { operation: string };
}
