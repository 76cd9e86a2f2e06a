interface RetryToken {
  getRetryCount(): number;
  getRetryDelay(): number;
}

/** So many failures in a row are no chance. */
const ATTEMPTS_MAX = 20;

const token = (count: number): RetryToken => ({ getRetryCount: () => count, getRetryDelay: () => 0 });

/** The SDK's retries without its pauses: what they repeat is tested, not how long they wait. */
export const withoutPauses = {
  acquireInitialRetryToken: async (): Promise<RetryToken> => token(0),
  async refreshRetryTokenForRetry(
    standing: RetryToken,
    { errorType }: { readonly errorType: string },
  ): Promise<RetryToken> {
    if (errorType === "CLIENT_ERROR" || standing.getRetryCount() + 1 >= ATTEMPTS_MAX)
      throw new Error("no more attempts");
    return token(standing.getRetryCount() + 1);
  },
  recordSuccess() {},
};
