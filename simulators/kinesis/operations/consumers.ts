import type {
  ConsumerDescription,
  DeregisterStreamConsumerInput,
  DescribeStreamConsumerInput,
  DescribeStreamConsumerOutput,
  ListStreamConsumersInput,
  ListStreamConsumersOutput,
  RegisterStreamConsumerInput,
  RegisterStreamConsumerOutput,
} from "@aws-sdk/client-kinesis";
import { invalidArgument, KinesisError, required } from "../errors.js";
import { type Context, consumerOf, holdToRate, streamOf } from "../state/account.js";
import { type Consumer, type Stream, wake } from "../state/stream.js";

const LIST_CONSUMERS_PAGE = 100;

const published = ({ name, arn, status, createdMs }: Consumer) => ({
  ConsumerName: name,
  ConsumerARN: arn,
  ConsumerStatus: status,
  ConsumerCreationTimestamp: new Date(Math.floor(createdMs / 1000) * 1000),
});

/** @throws KinesisError */
export const registerConsumer = (
  context: Context,
  input: RegisterStreamConsumerInput,
): RegisterStreamConsumerOutput => {
  const { account, nowMs } = context;
  const stream = streamOf(context, input);
  const name = required(input.ConsumerName, "consumerName");
  holdToRate(account.registrations, stream.name, nowMs, "RegisterStreamConsumer");
  if (stream.consumers.has(name))
    throw new KinesisError(
      "ResourceInUseException",
      `Consumer ${name} of stream ${stream.name} under account ${account.id} already exists.`,
    );
  if (stream.consumers.size >= account.limits.consumersMax)
    throw new KinesisError(
      "LimitExceededException",
      `Stream ${stream.name} has as many consumers as it may have.`,
    );
  const consumer: Consumer = {
    name,
    arn: `${stream.arn}/consumer/${name}:${Math.floor(nowMs / 1000)}`,
    createdMs: nowMs,
    status: "CREATING",
    subscriptions: new Map(),
  };
  stream.consumers.set(name, consumer);
  const registered = { Consumer: published(consumer) };
  account.whenTransitioned(() => {
    consumer.status = "ACTIVE";
  });
  return registered;
};

/** By ARN, or by stream and name. */
const found = (
  context: Context,
  input: DescribeStreamConsumerInput,
): { readonly stream: Stream; readonly consumer: Consumer } => {
  if (input.ConsumerARN !== undefined) return consumerOf(context, input.ConsumerARN);
  if (input.StreamARN === undefined || input.ConsumerName === undefined)
    throw invalidArgument("Either ConsumerARN, or both StreamARN and ConsumerName, must be provided.");
  const stream = streamOf(context, { StreamARN: input.StreamARN });
  const consumer = stream.consumers.get(input.ConsumerName);
  if (!consumer)
    throw new KinesisError(
      "ResourceNotFoundException",
      `Consumer ${input.ConsumerName} of stream ${stream.name} under account ${context.account.id} not found.`,
    );
  return { stream, consumer };
};

/** @throws KinesisError */
export const describeConsumer = (
  context: Context,
  input: DescribeStreamConsumerInput,
): DescribeStreamConsumerOutput => {
  const { stream, consumer } = found(context, input);
  const description: ConsumerDescription = { ...published(consumer), StreamARN: stream.arn };
  return { ConsumerDescription: description };
};

/** @throws KinesisError */
export const listConsumers = (
  context: Context,
  input: ListStreamConsumersInput,
): ListStreamConsumersOutput => {
  const stream = streamOf(context, input);
  const after = input.NextToken ?? "";
  const all = [...stream.consumers.values()]
    .filter(({ name }) => name > after)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const page = all.slice(0, input.MaxResults ?? LIST_CONSUMERS_PAGE);
  const last = page.at(-1);
  return {
    Consumers: page.map(published),
    ...(page.length < all.length && last ? { NextToken: last.name } : {}),
  };
};

/** @throws KinesisError */
export const deregisterConsumer = (context: Context, input: DeregisterStreamConsumerInput): object => {
  const { stream, consumer } = found(context, input);
  consumer.status = "DELETING";
  context.account.whenTransitioned(() => {
    stream.consumers.delete(consumer.name);
    wake(stream);
  });
  return {};
};
