import { Observable } from "rxjs";

/** Live answers as an Observable: each subscription follows by itself (`share()` for several), and ends with it. */
export const observe = <Answer>(live: AsyncIterable<Answer>): Observable<Answer> =>
  new Observable((subscriber) => {
    const iterator = live[Symbol.asyncIterator]();
    const take = async (): Promise<void> => {
      for (;;) {
        const { value, done } = await iterator.next();
        if (subscriber.closed) return;
        if (done) return subscriber.complete();
        subscriber.next(value);
      }
    };
    take().catch((error: unknown) => subscriber.error(error));
    return () => void iterator.return?.();
  });
