/** Reads encoders of texts of the family of BERT, from folders of transformers and sentence-transformers and from ONNX files. */
package dev.calotype.checkpoint.bert;
