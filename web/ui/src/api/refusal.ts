/** A request that the server did not do. status 0: it could not be reached. detail is for people, and may be empty. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(detail || `refused with status ${status}`);
  }
}
