/** The parts of `google.firestore.v1` messages that this server looks into; the rest passes through untouched. */
export interface Document {
  /** `projects/{project}/databases/{database}/documents/{path}` */
  name: string;
  fields?: Record<string, Value>;
}

/** `google.firestore.v1.Value`: exactly one field is set; only these are looked at. */
export interface Value {
  stringValue?: string;
  integerValue?: string;
  arrayValue?: { values?: Value[] };
  mapValue?: { fields?: Record<string, Value> };
}

interface Write {
  update?: Document;
  /** The name of the document. */
  delete?: string;
  transform?: { document?: string };
}

interface TransactionOptions {
  readOnly?: object;
  readWrite?: { retryTransaction?: Buffer };
}

/** Every request names its database, in one field or the other. */
export interface Addressed {
  database?: string;
  parent?: string;
}

/** What a read may say about transactions: join one, or begin one with this read. */
export interface ReadRequest extends Addressed {
  transaction?: Buffer;
  newTransaction?: TransactionOptions;
}

export interface BeginTransactionRequest extends Addressed {
  options?: TransactionOptions;
}

export interface CommitRequest extends Addressed {
  writes?: Write[];
  transaction?: Buffer;
}

export interface RollbackRequest extends Addressed {
  transaction?: Buffer;
}

/** Every response that can announce a transaction the request began. */
export interface TransactionResponse {
  transaction?: Uint8Array;
}

export interface ListDocumentsRequest extends Addressed {
  collectionId: string;
  showMissing?: boolean;
  mask?: object;
}
