"""The classified fields of `hubs`: facts about places, none about people."""

from __future__ import annotations

from hubs.data_map import nothing_personal

RECORDS = [
    nothing_personal("hubs.ContentVersion", "id number"),
    nothing_personal(
        "hubs.Hub",
        "id slug position name_en name_bn area_en area_bn street postcode address_confirmed easting northing "
        "latitude longitude location_basis access phone building_phone hours_checked_on about_en about_bn "
        "getting_there_en getting_there_bn languages_en languages_bn opened_on retired_on",
    ),
    nothing_personal("hubs.Facility", "id slug position name_en name_bn"),
    nothing_personal("hubs.HubFacility", "id hub facility available note_en note_bn"),
    nothing_personal("hubs.OpeningPeriod", "id hub weekday opens closes"),
    nothing_personal("hubs.DatedHours", "id hub on closed reason_en reason_bn"),
    nothing_personal("hubs.DatedPeriod", "id dated_hours opens closes"),
    nothing_personal("hubs.Notice", "id hub text_en text_bn shows_from shows_until"),
    nothing_personal("hubs.Postcode", "code easting northing latitude longitude local_authority ward in_use"),
    nothing_personal("hubs.Service", "id slug name_en name_bn phone retired_on"),
    nothing_personal(
        "hubs.Topic",
        "id slug position name_en name_bn summary_en summary_bn urgent_en urgent_bn help_en help_bn bring_en "
        "bring_bn online_url phone service sensitive counted retired_on",
    ),
    nothing_personal("hubs.BusyHour", "id hub weekday hour level counted_on"),
    nothing_personal("hubs.TopicCode", "id topic lgsl"),
    nothing_personal("hubs.TopicOffer", "id hub topic access"),
]
