import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import {
  fromJSON,
  type MessageTypeDefinition,
  type Options,
  type PackageDefinition,
} from '@grpc/proto-loader';
import type { Document } from './wire-types.ts';

// The protos the Admin SDK itself speaks, so both ends always agree; as JSON, which is read in a third of the time.
const PROTOS = join(
  dirname(fileURLToPath(import.meta.resolve('@google-cloud/firestore'))),
  '../protos/v1.json',
);
const protos = JSON.parse(readFileSync(PROTOS, 'utf8'));

function load(options: Options): PackageDefinition {
  return fromJSON(protos, options);
}

// Messages as the Admin SDK's own client shapes them: 64-bit integers and enums as strings, bytes as
// Buffers, and an absent field absent (an empty `transaction` would look like a transaction).
const wire = load({ longs: String, enums: String });

// Messages as proto3 JSON: bytes in base64, NaN and the infinities as strings.
const json = load({ longs: String, enums: String, bytes: String, json: true });

/** The `google.firestore.v1.Firestore` service, ready to be served. */
export const firestoreService = wire['google.firestore.v1.Firestore'] as ServiceDefinition;

const wireDocument = wire['google.firestore.v1.Document'] as MessageTypeDefinition<object, Document>;
const jsonDocument = json['google.firestore.v1.Document'] as MessageTypeDefinition<object, object>;

/** One document as proto3 JSON text. Exact for every Firestore type. */
export function documentToJson(document: Document): string {
  const plain = jsonDocument.deserialize(wireDocument.serialize(document));
  return JSON.stringify(plain, (_key, value) => (Object.is(value, -0) ? '-0' : value));
}

/** The reverse of {@link documentToJson}, from parsed JSON. Throws when a field has an impossible shape. */
export function documentFromJson(plain: object): Document {
  return wireDocument.deserialize(jsonDocument.serialize(plain));
}
