import type { LiveAnswer, LiveQuestion, Reader } from "../../reader/reader.js";
import { digest } from "../etag.js";

/** An answer as it is sent: its id changes exactly when the answer does. */
export interface LiveMessage {
  readonly id: string;
  readonly data: string;
}

export interface LiveListener {
  answer(message: LiveMessage): void;
  /** The question can no longer be answered; nothing more comes. */
  failed(error: unknown): void;
}

/** Followed questions: each is answered once for all who follow it, and only told when its answer changed. */
export interface Topics {
  /** The answer now; later ones go to the listener until `unfollow`. Null: too many questions are followed. */
  follow(question: LiveQuestion, listener: LiveListener): Promise<Following | null>;
  close(): void;
}

export interface Following {
  readonly first: LiveMessage;
  unfollow(): void;
}

const QUESTIONS_MAX = 500;

interface Topic {
  readonly question: LiveQuestion;
  readonly listeners: Set<LiveListener>;
  latest: Promise<LiveMessage>;
  latestId: string | null;
  busy: boolean;
  stale: boolean;
}

const ask = async (reader: Reader, { kind, metric, question }: LiveQuestion): Promise<LiveMessage> => {
  const answer: LiveAnswer =
    kind === "top" ? await reader.top(metric, question) : await reader.series(metric, question);
  const data = JSON.stringify(answer);
  return { id: digest(data), data };
};

/** @param answerEveryMs the least time between two answers to one question */
export const createTopics = (reader: Reader, answerEveryMs: number): Topics => {
  const topics = new Map<string, Topic>();
  const timers = new Set<NodeJS.Timeout>();

  const fail = (name: string, topic: Topic, error: unknown): void => {
    topics.delete(name);
    for (const listener of topic.listeners) listener.failed(error);
  };

  const refresh = async (name: string, topic: Topic): Promise<void> => {
    topic.busy = true;
    topic.stale = false;
    try {
      const message = await ask(reader, topic.question);
      if (message.id !== topic.latestId) {
        topic.latest = Promise.resolve(message);
        topic.latestId = message.id;
        for (const listener of topic.listeners) listener.answer(message);
      }
    } catch (error) {
      fail(name, topic, error);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      topic.busy = false;
      if (topic.stale && topics.get(name) === topic) void refresh(name, topic);
    }, answerEveryMs);
    timers.add(timer);
  };

  const stopListening = reader.onChange(() => {
    for (const [name, topic] of topics) {
      topic.stale = true;
      if (!topic.busy) void refresh(name, topic);
    }
  });

  const open = (name: string, question: LiveQuestion): Topic => {
    const topic: Topic = {
      question,
      listeners: new Set(),
      latest: ask(reader, question),
      latestId: null,
      busy: true,
      stale: false,
    };
    topics.set(name, topic);
    topic.latest.then(
      (message) => {
        topic.latestId = message.id;
        topic.busy = false;
        if (topic.stale) void refresh(name, topic);
      },
      () => topics.delete(name),
    );
    return topic;
  };

  return {
    async follow(question, listener) {
      const name = JSON.stringify(question);
      const standing = topics.get(name);
      if (!standing && topics.size >= QUESTIONS_MAX) return null;
      const topic = standing ?? open(name, question);
      topic.listeners.add(listener);
      const unfollow = (): void => {
        topic.listeners.delete(listener);
        if (topic.listeners.size === 0 && topics.get(name) === topic) topics.delete(name);
      };
      try {
        return { first: await topic.latest, unfollow };
      } catch (error) {
        unfollow();
        throw error;
      }
    },
    close() {
      stopListening();
      for (const timer of timers) clearTimeout(timer);
      topics.clear();
    },
  };
};
