// What a socket's listener was given, and waiting for more of it.

/** How long the kernel may take; all of this is local. */
const DEADLINE = 5000;

export class Inbox<Item> {
  readonly items: Item[] = [];
  readonly #waiting = new Set<() => void>();

  readonly listener = (batch: readonly Item[]): void => {
    this.items.push(...batch);
    for (const look of [...this.#waiting]) look();
  };

  /** The first item, old or new, that `accept` takes; fails loudly after a while. */
  async first<Wanted extends Item>(
    what: string,
    accept: (item: Item) => item is Wanted,
  ): Promise<Wanted> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.items.find(accept);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no ${what} in ${JSON.stringify(this.items)}`));
      }, DEADLINE);
      this.#waiting.add(look);
      look();
    });
  }
}
