/**
 * The encoder of texts that BERT, RoBERTa and MiniLM share: {@link dev.calotype.model.bert.Bert}. It is read from files of others
 * ({@link dev.calotype.checkpoint.bert.PretrainedBert}) and does not learn here.
 */
package dev.calotype.model.bert;
