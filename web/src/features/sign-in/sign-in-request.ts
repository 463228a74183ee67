/**
 * The request that somebody signs in once more. It is made once, however many calls want it, and they all go on with
 * its answer.
 */
export class SignInRequest {
  readonly #onChange: (isOpen: boolean) => void;
  #open: PromiseWithResolvers<boolean> | null = null;

  /** @param onChange Told when it has to be shown, and when not any more. */
  constructor(onChange: (isOpen: boolean) => void) {
    this.#onChange = onChange;
  }

  /** @returns whether they did. */
  ask(): Promise<boolean> {
    if (this.#open === null) {
      this.#open = Promise.withResolvers();
      this.#onChange(true);
    }
    return this.#open.promise;
  }

  /** Answers it; nothing where none is open. */
  answer(isSignedIn: boolean): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    this.#onChange(false);
    open.resolve(isSignedIn);
  }
}
