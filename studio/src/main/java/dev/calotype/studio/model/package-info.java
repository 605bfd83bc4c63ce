/**
 * The models of a studio: {@link dev.calotype.studio.model.ModelCatalog} finds them under the {@link
 * dev.calotype.studio.model.AllowedFolders} without reading weights, {@link dev.calotype.studio.model.OpenModels} opens them when they
 * are used and puts them out again.
 */
package dev.calotype.studio.model;
